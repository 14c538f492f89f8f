<?php

namespace Sluice;

/** Something failed that the code could not know before. Thrown itself when the server stops, or the system refuses. */
class ServerException extends \RuntimeException implements Exception {}
