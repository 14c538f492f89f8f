<?php

namespace Sluice;

/** A request body is not what it says it is, such as a form that breaks off in a part or gzip that is none. Not caught, the client gets 400. */
final class BadRequestException extends ServerException {}
