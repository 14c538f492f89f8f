<?php

namespace Sluice;

/** A certificate or a key is broken, unreadable, or does not belong to the other. Lists every mistake. */
final class TlsException extends ServerException {}
