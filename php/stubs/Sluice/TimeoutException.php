<?php

namespace Sluice;

/** The client sent nothing for {@see Timeouts::$body}, or took nothing for {@see Timeouts::$write}. */
final class TimeoutException extends ServerException {}
