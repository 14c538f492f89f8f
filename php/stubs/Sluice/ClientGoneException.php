<?php

namespace Sluice;

/** The client went away. Thrown into the handler at its next read, write or wait, so that its `finally` blocks run. */
final class ClientGoneException extends ServerException {}
