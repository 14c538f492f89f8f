<?php

namespace Sluice;

/**
 *     Sluice\delay(0.5);
 *
 * Waits. Other requests go on meanwhile, which with sleep() they do not.
 *
 * Suspends the fiber. In a script that serves nothing it sleeps. The delay of a handler that sends events ends early when
 * the server drains, so that its loop comes to ask {@see EventStream::isOpen()}.
 *
 * @param float $seconds 0 to a year; 0 lets others run and goes on
 * @throws ConfigException $seconds is out of bounds
 * @throws ClientGoneException The client of the handler that waits is gone
 * @throws ServerException The server stops and its time to drain is over
 */
function delay(float $seconds): void {}
