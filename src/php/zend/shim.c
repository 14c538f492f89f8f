#include "shim.h"
#include "zend_closures.h"
#include "zend_generators.h"
#include "zend_interfaces.h"
#include "php_variables.h"
#include "ext/json/php_json.h"
#include "ext/spl/spl_exceptions.h"
#include "SAPI.h"
#include "ext/random/php_random.h"
#include "ext/standard/basic_functions.h"

/* ---- objects ------------------------------------------------------------------------------ */

void sluice_object_addref(zend_object *object) { GC_ADDREF(object); }
void sluice_object_release(zend_object *object) { OBJ_RELEASE(object); }

/* Whether the caller holds the only reference, weak ones included, and nobody has put anything on it:
 * then it is as good as a new one. */
bool sluice_object_is_untouched(const zend_object *object)
{
	return GC_REFCOUNT(object) == 1 && !object->properties && !(OBJ_FLAGS(object) & IS_OBJ_WEAKLY_REFERENCED);
}

/* ---- exceptions ---------------------------------------------------------------------------- */

int sluice_pending(void)
{
	if (!EG(exception)) {
		return SLUICE_NOTHING;
	}
	if (zend_is_unwind_exit(EG(exception))) {
		return SLUICE_EXIT;
	}
	if (zend_is_graceful_exit(EG(exception))) {
		return SLUICE_UNWIND;
	}
	return SLUICE_THROWABLE;
}

/* Takes the pending exception out of the engine; the caller owns it. */
zend_object *sluice_exception_take(void)
{
	zend_object *exception = EG(exception);
	if (exception) {
		GC_ADDREF(exception);
		zend_clear_exception();
	}
	return exception;
}

/* Throws `exception`, which the engine then owns. */
void sluice_exception_throw(zend_object *exception)
{
	zval object;
	ZVAL_OBJ(&object, exception);
	zend_throw_exception_object(&object);
}

/* Ends the running request as exit() would. */
void sluice_throw_exit(void) { zend_throw_unwind_exit(); }

/* "Class: message in file:line" for a log line. The caller owns the string. */
zend_string *sluice_exception_describe(zend_object *exception)
{
	zval rv_message, rv_file, rv_line;
	zend_class_entry *scope = instanceof_function(exception->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
	zval *message = zend_read_property_ex(scope, exception, ZSTR_KNOWN(ZEND_STR_MESSAGE), 1, &rv_message);
	zval *file = zend_read_property_ex(scope, exception, ZSTR_KNOWN(ZEND_STR_FILE), 1, &rv_file);
	zval *line = zend_read_property_ex(scope, exception, ZSTR_KNOWN(ZEND_STR_LINE), 1, &rv_line);
	zend_string *message_text = zval_get_string(message);
	zend_string *file_text = zval_get_string(file);
	zend_string *described = strpprintf(0, "%s: %s in %s:" ZEND_LONG_FMT, ZSTR_VAL(exception->ce->name),
		ZSTR_VAL(message_text), ZSTR_VAL(file_text), zval_get_long(line));
	zend_string_release(message_text);
	zend_string_release(file_text);
	return described;
}

/* ---- fatal errors -------------------------------------------------------------------------- */

/* After a caught bailout: gives the engine back what the bailout took from it, so that the other
 * requests can finish. Fatal errors mark all objects as destructed; these are not. */
void sluice_recover(zend_execute_data *frame)
{
	EG(current_execute_data) = frame;
	gc_protect(false);
#ifdef ZEND_HAS_OOM
	EG(delayed_oom).state = ZEND_OOM_STATE_NONE;
#endif
	if (EG(exception)) {
		zend_clear_exception();
	}
	for (uint32_t i = 1; i < EG(objects_store).top; i++) {
		zend_object *object = EG(objects_store).object_buckets[i];
		if (IS_OBJ_VALID(object)) {
			GC_DEL_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
		}
	}
}

/* Whether the exit that is pending is a fatal error. Some builds of PHP unwind the stack after
 * running out of memory, as exit() does, where others jump. */
bool sluice_exit_is_fatal(void)
{
#ifdef ZEND_HAS_OOM
	if (ZEND_HAS_OOM()) {
		return true;
	}
#endif
	return EG(exit_status) == 255 && (PG(last_error_type) & E_FATAL_ERRORS) != 0;
}

/* What a fatal error wants: no destructor runs any more. */
void sluice_mark_destructed(void) { zend_objects_store_mark_destructed(&EG(objects_store)); }

zend_execute_data *sluice_frame(void) { return EG(current_execute_data); }

int sluice_exit_status(void) { return EG(exit_status); }
void sluice_set_exit_status(int status) { EG(exit_status) = status; }

/* The message of the last PHP error, or NULL. */
zend_string *sluice_last_error(void)
{
	if (!PG(last_error_message)) {
		return NULL;
	}
	return strpprintf(0, "%s in %s:%d", ZSTR_VAL(PG(last_error_message)),
		PG(last_error_file) ? ZSTR_VAL(PG(last_error_file)) : "-", PG(last_error_lineno));
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Resolves a callable; NULL if it is none. */
sluice_callable *sluice_callable_new(zval *callable)
{
	zend_fcall_info_cache cache;
	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &cache, NULL)) {
		return NULL;
	}
	sluice_callable *made = emalloc(sizeof(*made));
	if (cache.function_handler->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE) {
		/* The engine makes such a function anew for each call. */
		zend_release_fcall_info_cache(&cache);
		memset(&cache, 0, sizeof(cache));
	}
	made->cache = cache;
	ZVAL_COPY(&made->callable, callable);
	return made;
}

void sluice_callable_free(sluice_callable *callable)
{
	zval_ptr_dtor(&callable->callable);
	efree(callable);
}

/* Calls it. `result` is IS_UNDEF when it threw. */
void sluice_call(sluice_callable *callable, zval *result, uint32_t count, zval *arguments)
{
	zend_fcall_info call;
	zend_fcall_info_cache cache = callable->cache;
	memset(&call, 0, sizeof(call));
	call.size = sizeof(call);
	ZVAL_COPY_VALUE(&call.function_name, &callable->callable);
	call.retval = result;
	call.params = arguments;
	call.param_count = count;
	ZVAL_UNDEF(result);
	zend_call_function(&call, cache.function_handler ? &cache : NULL);
}

/* Runs `step` for each value of a Traversable or array until it returns false or an exception is
 * pending. Values are borrowed. Returns false if `iterable` is neither. */
bool sluice_iterate(zval *iterable, bool (*step)(zval *value, void *context), void *context)
{
	if (Z_TYPE_P(iterable) == IS_ARRAY) {
		zval *value;
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(iterable), value) {
			ZVAL_DEREF(value);
			if (!step(value, context) || EG(exception)) {
				break;
			}
		} ZEND_HASH_FOREACH_END();
		return true;
	}
	if (Z_TYPE_P(iterable) != IS_OBJECT || !instanceof_function(Z_OBJCE_P(iterable), zend_ce_traversable)) {
		return false;
	}
	zend_class_entry *ce = Z_OBJCE_P(iterable);
	zend_object_iterator *iterator = ce->get_iterator(ce, iterable, 0);
	if (!iterator || EG(exception)) {
		if (iterator) {
			zend_iterator_dtor(iterator);
		}
		return true;
	}
	if (iterator->funcs->rewind) {
		iterator->funcs->rewind(iterator);
	}
	while (!EG(exception) && iterator->funcs->valid(iterator) == SUCCESS && !EG(exception)) {
		zval *value = iterator->funcs->get_current_data(iterator);
		if (EG(exception) || !value) {
			break;
		}
		ZVAL_DEREF(value);
		if (!step(value, context) || EG(exception)) {
			break;
		}
		iterator->funcs->move_forward(iterator);
	}
	zend_iterator_dtor(iterator);
	return true;
}

bool sluice_is_traversable(zval *value)
{
	return Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), zend_ce_traversable);
}

bool sluice_is_json_serializable(zval *value)
{
	return Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), php_json_serializable_ce);
}

bool sluice_is_stringable(zval *value)
{
	return Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), zend_ce_stringable);
}

/* The type as PHP's own messages name it. The string lives as long as the process or the value. */
const char *sluice_type_name(const zval *value) { return zend_zval_type_name(value); }

/* Strings as (string) makes them; NULL with an exception pending. The caller owns it. */
zend_string *sluice_to_string(zval *value) { return zval_try_get_string(value); }

zend_string *sluice_string_addref(zend_string *string) { return zend_string_copy(string); }
void sluice_string_release(zend_string *string) { zend_string_release(string); }
bool sluice_string_is_interned(const zend_string *string) { return ZSTR_IS_INTERNED(string); }
const char *sluice_string_bytes(const zend_string *string) { return ZSTR_VAL(string); }
size_t sluice_string_len(const zend_string *string) { return ZSTR_LEN(string); }

/* Parses a query or form string into `array` with PHP's own rules for names. */
void sluice_parse_query(const char *bytes, size_t len, zval *array)
{
	array_init(array);
	sapi_module.treat_data(PARSE_STRING, estrndup(bytes, len), array);
}

const char *sluice_sapi(void) { return sapi_module.name; }

/* ---- processes ----------------------------------------------------------------------------- */

/* PHP 8.3 and later keep what a fork has to renew behind this. */
extern PHPAPI void php_child_init(void) __attribute__((weak));

/* In a process that was just forked: what must not be shared with the parent is its own from now on.
 * Objects that exist are the parent's, and so are functions that are to run at the end: they run there
 * and not here. */
void sluice_forked(zend_long seed)
{
	zval number, ignored;
	zend_function *reseed = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("mt_srand"));
	if (php_child_init) {
		php_child_init();
	}
	php_output_discard_all();
	php_free_shutdown_functions();
	zend_objects_store_mark_destructed(&EG(objects_store));
	RANDOM_G(combined_lcg_seeded) = false;
	if (reseed) {
		ZVAL_LONG(&number, seed);
		ZVAL_UNDEF(&ignored);
		zend_call_known_function(reseed, NULL, NULL, &ignored, 1, &number, NULL);
		zval_ptr_dtor(&ignored);
	}
}

/* How much memory PHP has taken from the system, in bytes. */
size_t sluice_memory(void) { return zend_memory_usage(true); }

/* ---- classes ------------------------------------------------------------------------------- */

/* No clone: `clone $object` throws an Error that names the class. */
void sluice_forbid_clone(zend_object_handlers *handlers) { handlers->clone_obj = NULL; }

static zend_class_entry *declare(const char *name, zend_class_entry *parent, zend_class_entry *interface)
{
	zend_class_entry ce;
	memset(&ce, 0, sizeof(ce));
	ce.name = zend_string_init_interned(name, strlen(name), 1);

	zend_class_entry *made = zend_register_internal_class_ex(&ce, parent);
	made->ce_flags |= ZEND_ACC_FINAL;
	if (interface) {
		zend_class_implements(made, 1, interface);
	}
	return made;
}

/* The exception classes, in the order of `exceptions.rs`. */
void sluice_exceptions_init(zend_class_entry **classes)
{
	zend_class_entry ce;
	INIT_CLASS_ENTRY(ce, "Sluice\\Exception", NULL);
	zend_class_entry *interface = zend_register_internal_interface(&ce);
	zend_class_implements(interface, 1, zend_ce_throwable);
	zend_class_entry *server = declare("Sluice\\ServerException", spl_ce_RuntimeException, interface);
	server->ce_flags &= ~ZEND_ACC_FINAL;
	classes[0] = server;
	classes[1] = declare("Sluice\\ConfigException", spl_ce_InvalidArgumentException, interface);
	classes[2] = declare("Sluice\\BindException", server, NULL);
	classes[3] = declare("Sluice\\TlsException", server, NULL);
	classes[4] = declare("Sluice\\ClientGoneException", server, NULL);
	classes[5] = declare("Sluice\\BodyTooLargeException", server, NULL);
	classes[6] = declare("Sluice\\BadRequestException", server, NULL);
	classes[7] = declare("Sluice\\TimeoutException", server, NULL);
	classes[8] = declare("Sluice\\StateException", spl_ce_LogicException, interface);
}
