<?php

namespace Sluice;

/** A setting or an argument is out of bounds. Lists every mistake, with the value and the bounds. */
final class ConfigException extends \InvalidArgumentException implements Exception {}
