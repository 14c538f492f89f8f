<?php

namespace Sluice;

/** A request body is larger than {@see Limits::$body}. Not caught, the client gets 413. */
final class BodyTooLargeException extends ServerException {}
