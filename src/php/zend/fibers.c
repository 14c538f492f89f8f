/* Fibers: made, started, resumed and left, and what state they are in. */
#include "shim.h"

static zend_function *fn_start, *fn_resume, *fn_suspend;
static zend_internal_function fn_main;

static zend_function *method(zend_class_entry *ce, const char *name)
{
	return zend_hash_str_find_ptr(&ce->function_table, name, strlen(name));
}

/* Looks the fiber methods up and makes `handler` the function that pooled fibers run. It borrows
 * the identity of a registered function, so that observers find all they expect. */
bool sluice_fibers_init(zif_handler handler)
{
	zend_function *model = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("sluice\\delay"));
	fn_start = method(zend_ce_fiber, "start");
	fn_resume = method(zend_ce_fiber, "resume");
	fn_suspend = method(zend_ce_fiber, "suspend");
	if (!model || !fn_start || !fn_resume || !fn_suspend) {
		return false;
	}
	memcpy(&fn_main, &model->internal_function, sizeof(fn_main));
	fn_main.handler = handler;
	fn_main.num_args = 0;
	fn_main.required_num_args = 0;
	return true;
}

/* A fiber that will run the function given to sluice_fibers_init. The caller owns it. */
zend_object *sluice_fiber_new(void)
{
	zval object;
	if (object_init_ex(&object, zend_ce_fiber) != SUCCESS) {
		return NULL;
	}
	zend_fiber *fiber = (zend_fiber *) Z_OBJ(object);
	fiber->fci.size = sizeof(fiber->fci);
	fiber->fci_cache.function_handler = (zend_function *) &fn_main;
	return Z_OBJ(object);
}

static void call_fiber(zend_function *function, zend_object *fiber)
{
	zval ignored;
	ZVAL_UNDEF(&ignored);
	zend_call_known_function(function, fiber, fiber ? fiber->ce : zend_ce_fiber, &ignored, 0, NULL, NULL);
	zval_ptr_dtor(&ignored);
}

void sluice_fiber_start(zend_object *fiber) { call_fiber(fn_start, fiber); }

/* The fiber that runs now, or NULL in the main program. */
zend_object *sluice_fiber_current(void)
{
	return EG(active_fiber) ? &EG(active_fiber)->std : NULL;
}

bool sluice_fiber_is_suspended(zend_object *object)
{
	zend_fiber *fiber = (zend_fiber *) object;
	return fiber->context.status == ZEND_FIBER_STATUS_SUSPENDED && fiber->caller == NULL;
}

bool sluice_fiber_is_new(zend_object *object)
{
	return ((zend_fiber *) object)->context.status == ZEND_FIBER_STATUS_INIT;
}

bool sluice_fiber_is_over(zend_object *object)
{
	return ((zend_fiber *) object)->context.status == ZEND_FIBER_STATUS_DEAD;
}

/* Whether the engine forbids to leave the running fiber, as it does in destructors before 8.4. */
bool sluice_fiber_is_blocked(void) { return zend_fiber_switch_blocked(); }

#if PHP_VERSION_ID < 80400
/* What follows does the work of Fiber::resume() and Fiber::suspend() without calling them through
 * the engine, which took 550 of the 18,000 instructions of a short request. PHP 8.4 and later have
 * functions of their own for it, behind the same two methods. */

static bool may_switch(const zend_fiber *fiber)
{
	return !(fiber->flags & ZEND_FIBER_FLAG_DESTROYED) && !zend_fiber_switch_blocked();
}

static zend_fiber_transfer switch_to(zend_fiber_context *context)
{
	zend_fiber_transfer transfer = { .context = context };
	ZVAL_NULL(&transfer.value);
	zend_fiber_switch_context(&transfer);
	if (UNEXPECTED(transfer.flags & ZEND_FIBER_TRANSFER_FLAG_BAILOUT)) {
		EG(active_fiber) = NULL;
		zend_bailout();
	}
	return transfer;
}

static void take(zend_fiber_transfer *transfer)
{
	if (UNEXPECTED(transfer->flags & ZEND_FIBER_TRANSFER_FLAG_ERROR)) {
		zend_throw_exception_internal(Z_OBJ(transfer->value));
	} else {
		zval_ptr_dtor(&transfer->value);
	}
}

static bool resume_directly(zend_object *object)
{
	zend_fiber *fiber = (zend_fiber *) object;
	if (!sluice_fiber_is_suspended(object) || !may_switch(fiber)) {
		return false;
	}
	zend_fiber *previous = EG(active_fiber);
	if (previous) {
		previous->execute_data = EG(current_execute_data);
	}
	fiber->stack_bottom->prev_execute_data = EG(current_execute_data);
	fiber->caller = EG(current_fiber_context);
	EG(active_fiber) = fiber;
	zend_fiber_transfer transfer = switch_to(fiber->previous);
	EG(active_fiber) = previous;
	take(&transfer);
	return true;
}

static bool suspend_directly(void)
{
	zend_fiber *fiber = EG(active_fiber);
	if (!fiber || !may_switch(fiber)) {
		return false;
	}
	zend_fiber_context *caller = fiber->caller;
	fiber->stack_bottom->prev_execute_data = NULL;
	fiber->previous = EG(current_fiber_context);
	fiber->caller = NULL;
	fiber->execute_data = EG(current_execute_data);
	zend_fiber_transfer transfer = switch_to(caller);
	take(&transfer);
	return true;
}
#else
static bool resume_directly(zend_object *fiber) { return false; }
static bool suspend_directly(void) { return false; }
#endif

void sluice_fiber_resume(zend_object *fiber)
{
	if (!resume_directly(fiber)) {
		call_fiber(fn_resume, fiber);
	}
}

/* Leaves the running fiber. Returns when somebody resumes it: then look for an exception first. */
void sluice_fiber_suspend(void)
{
	if (!suspend_directly()) {
		call_fiber(fn_suspend, NULL);
	}
}
