<?php

namespace Sluice;

/**
 *     try {
 *         $server->listen($address);
 *     } catch (Sluice\Exception $exception) {
 *         exit($exception->getMessage() . "\n");
 *     }
 *
 * Everything that Sluice throws. Messages name the value that was wrong and what would be right.
 */
interface Exception extends \Throwable {}
