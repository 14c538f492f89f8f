<?php

namespace Sluice;

/** An address does not parse, or cannot be bound: in use, not permitted, not of this machine. */
final class BindException extends ServerException {}
