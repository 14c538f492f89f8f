/* What Rust needs of the engine and cannot reach through bindings: macros, inline functions and
 * structs whose layout depends on the PHP version that is compiled against. Each function is one
 * step; the decisions are in Rust. */
#ifndef SLUICE_SHIM_H
#define SLUICE_SHIM_H

#include "php.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"

/* What is pending after a call into PHP code. */
enum sluice_pending {
	SLUICE_NOTHING = 0,
	SLUICE_THROWABLE = 1, /* an exception or error that PHP code can catch */
	SLUICE_EXIT = 2,      /* exit() or die() */
	SLUICE_UNWIND = 3,    /* the fiber is being destroyed */
};

/* A callable that was resolved once. */
typedef struct {
	zval callable;
	zend_fcall_info_cache cache;
} sluice_callable;

#endif
