/* Output buffers: each fiber has a stack of its own. */
#include "shim.h"
#include "zend_observer.h"
#include "zend_extensions.h"

/* A fiber sees the buffers of whoever resumed it below its own, as in any PHP program; its own
 * leave the stack with it and come back with it. So two handlers that wait in turn never mix
 * their output, and a fiber that echoes inside its parent's ob_start() still lands there. */
typedef struct {
	zend_fiber_context *resumer;
	int base;                       /* how many levels on the stack are not its own */
	int count;                      /* own levels that are put aside */
	php_output_handler **own;
	php_output_handler *running;    /* the callback it was suspended in */
	zend_stack hidden;              /* its whole stack, while a fiber runs from inside a callback */
	bool has_hidden;
} output_state;

static int output_handle = -1;

static output_state *output_of(zend_fiber_context *context)
{
	output_state *state = context->reserved[output_handle];
	if (!state) {
		state = pecalloc(1, sizeof(*state), 1);
		context->reserved[output_handle] = state;
	}
	return state;
}

static void output_renumber(int from)
{
	php_output_handler **levels = zend_stack_base(&OG(handlers));
	int top = zend_stack_count(&OG(handlers));
	for (int i = from; i < top; i++) {
		levels[i]->level = i;
	}
	OG(active) = top > 0 ? levels[top - 1] : NULL;
}

static void output_put_aside(output_state *state, int keep)
{
	int top = zend_stack_count(&OG(handlers));
	int count = top - keep;
	if (count <= 0) {
		return;
	}
	php_output_handler **levels = zend_stack_base(&OG(handlers));
	state->own = safe_perealloc(state->own, count, sizeof(*state->own), 0, 1);
	memcpy(state->own, levels + keep, count * sizeof(*state->own));
	state->count = count;
	while (top-- > keep) {
		zend_stack_del_top(&OG(handlers));
	}
	output_renumber(keep);
}

static void output_bring_back(output_state *state)
{
	int base = zend_stack_count(&OG(handlers));
	for (int i = 0; i < state->count; i++) {
		zend_stack_push(&OG(handlers), &state->own[i]);
	}
	state->count = 0;
	output_renumber(base);
}

static void output_enter(zend_fiber_context *from, zend_fiber_context *to)
{
	output_state *entered = output_of(to);
	entered->resumer = from;
	if (OG(running)) {
		output_state *left = output_of(from);
		left->running = OG(running);
		left->hidden = OG(handlers);
		left->has_hidden = true;
		zend_stack_init(&OG(handlers), sizeof(php_output_handler *));
		OG(active) = NULL;
	}
	entered->base = zend_stack_count(&OG(handlers));
	if (entered->count) {
		output_bring_back(entered);
	}
	OG(running) = entered->running;
	entered->running = NULL;
}

static void output_return(zend_fiber_context *from, zend_fiber_context *to)
{
	output_state *left = output_of(from);
	left->resumer = NULL;
	left->running = OG(running);
	/* What a finished fiber leaves open stays, as it would in any program. */
	if (from->status != ZEND_FIBER_STATUS_DEAD) {
		output_put_aside(left, left->base);
	}
	output_state *entered = output_of(to);
	OG(running) = entered->running;
	entered->running = NULL;
	if (entered->has_hidden) {
		zend_stack_destroy(&OG(handlers));
		OG(handlers) = entered->hidden;
		entered->has_hidden = false;
		output_renumber(0);
	}
}

static void output_switch(zend_fiber_context *from, zend_fiber_context *to)
{
	output_state *left = from->reserved[output_handle];
	if (left && left->resumer == to) {
		output_return(from, to);
	} else {
		output_enter(from, to);
	}
}

static void output_destroy(zend_fiber_context *context)
{
	output_state *state = context->reserved[output_handle];
	if (!state) {
		return;
	}
	for (int i = 0; i < state->count; i++) {
		php_output_handler_free(&state->own[i]);
	}
	if (state->own) {
		pefree(state->own, 1);
	}
	pefree(state, 1);
	context->reserved[output_handle] = NULL;
}

/* From now on output buffers belong to fibers. Registered once, when a server first starts: a
 * script that never starts one pays nothing. */
void sluice_output_init(void)
{
	if (output_handle != -1) {
		return;
	}
	output_handle = zend_get_resource_handle("sluice");
	zend_observer_fiber_switch_register(output_switch);
	zend_observer_fiber_destroy_register(output_destroy);
}

/* The end of the PHP request. The engine tells of the end of every fiber but its main program. */
void sluice_output_end(void)
{
	if (output_handle != -1 && EG(main_fiber_context)) {
		output_destroy(EG(main_fiber_context));
	}
}

int sluice_output_level(void) { return php_output_get_level(); }

/* Ends buffers until `level` are left; their text goes on to the next below, at last to stdout. */
void sluice_output_end_to(int level)
{
	while (php_output_get_level() > level && php_output_end() == SUCCESS) {
	}
}
