"""The server: a SPARQL endpoint that only reads, and the pages of the site, as an ASGI application.

`kg.serve.app` makes the application, which others can mount; `kg.serve.running` runs it. Queries run in
processes of their own (`worker`), which a pool hands out fairly, and which are ended when a limit strikes.
"""
