/* Shortcuts: the methods that nearly every request calls, for calls of the usual shape.
 *
 * A method call through the bindings keeps a jump buffer for fatal errors and converts its arguments
 * both ways, which took 2,900 of the 18,000 instructions of a short request that calls getPath(),
 * setHeader() and end(). The functions behind these call no PHP code and take no PHP memory, so that
 * nothing can jump out of them. What is unusual, and what is wrong, goes the long way through the
 * method itself: a shortcut that says no has changed nothing. */
#include "shim.h"

typedef struct {
	const char *bytes;
	size_t len;
	bool is_literal; /* it lives as long as the PHP request */
} slice;

typedef struct {
	bool (*method)(const zend_object *request, slice *found);
	bool (*path)(const zend_object *request, slice *found);
	bool (*header_line)(const zend_object *request, const slice *name, slice *found);
	bool (*set_header)(const zend_object *response, const slice *name, const slice *value);
	bool (*end)(const zend_object *response, zend_string *body);
} shortcuts;

static shortcuts shortcut;
static zif_handler long_method, long_path, long_header_line, long_set_header, long_end;

static bool is_string(const zval *argument, slice *found)
{
	if (Z_TYPE_P(argument) != IS_STRING) {
		return false;
	}
	found->bytes = Z_STRVAL_P(argument);
	found->len = Z_STRLEN_P(argument);
	found->is_literal = ZSTR_IS_INTERNED(Z_STR_P(argument));
	return true;
}

static ZEND_NAMED_FUNCTION(short_method)
{
	slice found;
	if (ZEND_NUM_ARGS() == 0 && shortcut.method(Z_OBJ_P(ZEND_THIS), &found)) {
		RETURN_STRINGL(found.bytes, found.len);
	}
	long_method(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(short_path)
{
	slice found;
	if (ZEND_NUM_ARGS() == 0 && shortcut.path(Z_OBJ_P(ZEND_THIS), &found)) {
		RETURN_STRINGL_FAST(found.bytes, found.len);
	}
	long_path(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(short_header_line)
{
	slice name, found;
	if (ZEND_NUM_ARGS() == 1 && is_string(ZEND_CALL_ARG(execute_data, 1), &name)
			&& shortcut.header_line(Z_OBJ_P(ZEND_THIS), &name, &found)) {
		RETURN_STRINGL_FAST(found.bytes, found.len);
	}
	long_header_line(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(short_set_header)
{
	slice name, value;
	if (ZEND_NUM_ARGS() == 2 && is_string(ZEND_CALL_ARG(execute_data, 1), &name)
			&& is_string(ZEND_CALL_ARG(execute_data, 2), &value)
			&& shortcut.set_header(Z_OBJ_P(ZEND_THIS), &name, &value)) {
		RETURN_OBJ_COPY(Z_OBJ_P(ZEND_THIS));
	}
	long_set_header(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_NAMED_FUNCTION(short_end)
{
	zval *body = ZEND_CALL_ARG(execute_data, 1);
	if (ZEND_NUM_ARGS() == 1 && Z_TYPE_P(body) == IS_STRING
			&& shortcut.end(Z_OBJ_P(ZEND_THIS), Z_STR_P(body))) {
		return;
	}
	long_end(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* Puts `by` in the place of a method's function; returns that. */
static zif_handler shorten(zend_class_entry *ce, const char *name, zif_handler by)
{
	zend_function *method = zend_hash_str_find_ptr(&ce->function_table, name, strlen(name));
	zif_handler before = method->internal_function.handler;
	method->internal_function.handler = by;
	return before;
}

/* Called when a server starts: a script that never starts one has the methods as they are. */
void sluice_shortcuts_init(zend_class_entry *request, zend_class_entry *response, const shortcuts *functions)
{
	if (long_end) {
		return;
	}
	shortcut = *functions;
	long_method = shorten(request, "getmethod", short_method);
	long_path = shorten(request, "getpath", short_path);
	long_header_line = shorten(request, "getheaderline", short_header_line);
	long_set_header = shorten(response, "setheader", short_set_header);
	long_end = shorten(response, "end", short_end);
}
