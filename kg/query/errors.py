"""What can go wrong with a query: one name for each, so that callers and scripts can tell them apart."""

from __future__ import annotations

from kg.errors import KgError, UsageError


class HeaderError(UsageError):
    """The header of a query is malformed; the text says where and what was expected."""


class UnknownQueryError(UsageError):
    """No query of the catalogue has that name, or its file cannot be read."""


class ParameterError(UsageError):
    """A parameter does not exist, or a value does not fit its type."""


class RefusedError(UsageError):
    """The query asks for what is not allowed here: an update, another server, too large a text."""


class QueryError(KgError):
    """A query could not be answered."""


class QuerySyntaxError(QueryError):
    """The text is not valid SPARQL; the message shows the place."""


class QueryTimeoutError(QueryError):
    """The query took longer than it may; it was stopped."""


class EngineError(QueryError):
    """The engine failed in the middle of a query (out of memory, a damaged store …)."""


class EndpointError(QueryError):
    """A remote endpoint did not answer the query as it should."""


class UnreachableError(EndpointError):
    """There is no server at the address, or the connection broke off at every attempt."""


class UnauthorizedError(EndpointError):
    """The endpoint asks for a user and password, or refuses the ones given."""


class NotFoundError(EndpointError):
    """The server has no endpoint at this path."""


class MovedError(EndpointError):
    """The endpoint is elsewhere; the query, and any password, is not sent there unasked."""


class BadQueryError(EndpointError):
    """The endpoint says that the query is wrong."""


class BusyError(EndpointError):
    """The endpoint is busy or down for now, at every attempt."""


class ServerFaultError(EndpointError):
    """The endpoint failed within."""


class NotSparqlError(EndpointError):
    """The answer is no SPARQL result: a web page, an unknown format, or text that does not parse."""


class IncompleteAnswerError(EndpointError):
    """The answer was cut off, or cannot be known to be whole."""
