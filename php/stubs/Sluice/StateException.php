<?php

namespace Sluice;

/** The call comes at the wrong time: a header after the commit, a write after the end, start() twice. */
final class StateException extends \LogicException implements Exception {}
