/* The value classes Limits, Timeouts and TlsInfo: typed readonly properties, which only the engine's
 * own functions can declare. What the values mean, and whether they are right, is said in Rust. */
#include "shim.h"

/* How many values the classes have. */
#define LIMITS 11
#define TIMEOUTS 9

typedef bool (*check_limits)(const zend_long *values);
typedef bool (*check_timeouts)(const double *values);

static zend_class_entry *limits_ce, *timeouts_ce, *tls_info_ce;
static check_limits limits_check;
static check_timeouts timeouts_check;

static zval *slot(zend_object *object, int index) { return OBJ_PROP_NUM(object, index); }

static bool is_made(zend_object *object)
{
	if (Z_TYPE_P(slot(object, 0)) == IS_UNDEF) {
		return false;
	}
	zend_throw_error(NULL, "%s is made already: its properties are readonly", ZSTR_VAL(object->ce->name));
	return true;
}

ZEND_BEGIN_ARG_INFO_EX(limits_arguments, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, body, IS_LONG, 0, "16777216")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, head, IS_LONG, 0, "32768")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, headers, IS_LONG, 0, "100")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, target, IS_LONG, 0, "8192")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connections, IS_LONG, 0, "10000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, streams, IS_LONG, 0, "128")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connectionsPerAddress, IS_LONG, 0, "1000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, requests, IS_LONG, 0, "10000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, queue, IS_LONG, 0, "1000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, resets, IS_LONG, 0, "200")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, handshakes, IS_LONG, 0, "1000")
ZEND_END_ARG_INFO()

ZEND_METHOD(Sluice_Limits, __construct)
{
	zend_long values[LIMITS] = {16777216, 32768, 100, 8192, 10000, 128, 1000, 10000, 1000, 200, 1000};
	ZEND_PARSE_PARAMETERS_START(0, LIMITS)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(values[0])
		Z_PARAM_LONG(values[1])
		Z_PARAM_LONG(values[2])
		Z_PARAM_LONG(values[3])
		Z_PARAM_LONG(values[4])
		Z_PARAM_LONG(values[5])
		Z_PARAM_LONG(values[6])
		Z_PARAM_LONG(values[7])
		Z_PARAM_LONG(values[8])
		Z_PARAM_LONG(values[9])
		Z_PARAM_LONG(values[10])
	ZEND_PARSE_PARAMETERS_END();
	zend_object *object = Z_OBJ_P(ZEND_THIS);
	if (is_made(object) || !limits_check(values)) {
		RETURN_THROWS();
	}
	for (int i = 0; i < LIMITS; i++) {
		ZVAL_LONG(slot(object, i), values[i]);
	}
}

ZEND_BEGIN_ARG_INFO_EX(timeouts_arguments, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, handshake, IS_DOUBLE, 0, "10.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, head, IS_DOUBLE, 0, "15.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idle, IS_DOUBLE, 0, "60.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, body, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, write, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, drain, IS_DOUBLE, 0, "10.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, handler, IS_DOUBLE, 0, "0.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, age, IS_DOUBLE, 0, "0.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, rate, IS_DOUBLE, 0, "240.0")
ZEND_END_ARG_INFO()

ZEND_METHOD(Sluice_Timeouts, __construct)
{
	double values[TIMEOUTS] = {10.0, 15.0, 60.0, 30.0, 30.0, 10.0, 0.0, 0.0, 240.0};
	ZEND_PARSE_PARAMETERS_START(0, TIMEOUTS)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE(values[0])
		Z_PARAM_DOUBLE(values[1])
		Z_PARAM_DOUBLE(values[2])
		Z_PARAM_DOUBLE(values[3])
		Z_PARAM_DOUBLE(values[4])
		Z_PARAM_DOUBLE(values[5])
		Z_PARAM_DOUBLE(values[6])
		Z_PARAM_DOUBLE(values[7])
		Z_PARAM_DOUBLE(values[8])
	ZEND_PARSE_PARAMETERS_END();
	zend_object *object = Z_OBJ_P(ZEND_THIS);
	if (is_made(object) || !timeouts_check(values)) {
		RETURN_THROWS();
	}
	for (int i = 0; i < TIMEOUTS; i++) {
		ZVAL_DOUBLE(slot(object, i), values[i]);
	}
}

ZEND_BEGIN_ARG_INFO_EX(no_arguments, 0, 0, 0)
ZEND_END_ARG_INFO()

/* Private: nobody calls it. */
ZEND_METHOD(Sluice_TlsInfo, __construct) { ZEND_PARSE_PARAMETERS_NONE(); }

static const zend_function_entry limits_methods[] = {
	ZEND_ME(Sluice_Limits, __construct, limits_arguments, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry timeouts_methods[] = {
	ZEND_ME(Sluice_Timeouts, __construct, timeouts_arguments, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry tls_info_methods[] = {
	ZEND_ME(Sluice_TlsInfo, __construct, no_arguments, ZEND_ACC_PRIVATE)
	ZEND_FE_END
};

static zend_class_entry *declare_class(const char *name, const zend_function_entry *methods)
{
	zend_class_entry ce;
	memset(&ce, 0, sizeof(ce));
	ce.name = zend_string_init_interned(name, strlen(name), 1);
	ce.info.internal.builtin_functions = methods;
	zend_class_entry *made = zend_register_internal_class_ex(&ce, NULL);
	made->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NOT_SERIALIZABLE | ZEND_ACC_NO_DYNAMIC_PROPERTIES;
	return made;
}

static void declare_property(zend_class_entry *ce, const char *name, uint32_t type)
{
	zval none;
	ZVAL_UNDEF(&none);
	zend_string *interned = zend_string_init_interned(name, strlen(name), 1);
	zend_declare_typed_property(ce, interned, &none, ZEND_ACC_PUBLIC | ZEND_ACC_READONLY, NULL,
		(zend_type) ZEND_TYPE_INIT_MASK(type));
}

/* Registers the classes; the order of the properties is that of the constructors. */
void sluice_values_init(check_limits limits, check_timeouts timeouts)
{
	static const char *limit_names[LIMITS] = {
		"body", "head", "headers", "target", "connections", "streams", "connectionsPerAddress", "requests", "queue",
		"resets", "handshakes",
	};
	static const char *timeout_names[TIMEOUTS] = {
		"handshake", "head", "idle", "body", "write", "drain", "handler", "age", "rate",
	};
	limits_check = limits;
	timeouts_check = timeouts;
	limits_ce = declare_class("Sluice\\Limits", limits_methods);
	timeouts_ce = declare_class("Sluice\\Timeouts", timeouts_methods);
	tls_info_ce = declare_class("Sluice\\TlsInfo", tls_info_methods);
	for (int i = 0; i < LIMITS; i++) {
		declare_property(limits_ce, limit_names[i], MAY_BE_LONG);
	}
	for (int i = 0; i < TIMEOUTS; i++) {
		declare_property(timeouts_ce, timeout_names[i], MAY_BE_DOUBLE);
	}
	declare_property(tls_info_ce, "version", MAY_BE_STRING);
	declare_property(tls_info_ce, "cipher", MAY_BE_STRING);
	declare_property(tls_info_ce, "alpn", MAY_BE_STRING | MAY_BE_NULL);
	declare_property(tls_info_ce, "serverName", MAY_BE_STRING | MAY_BE_NULL);
}

/* Copies the values of a Limits; false if the object is none. */
bool sluice_limits_read(zval *value, zend_long *values)
{
	if (Z_TYPE_P(value) != IS_OBJECT || Z_OBJCE_P(value) != limits_ce) {
		return false;
	}
	for (int i = 0; i < LIMITS; i++) {
		values[i] = zval_get_long(slot(Z_OBJ_P(value), i));
	}
	return true;
}

/* Copies the values of a Timeouts; false if the object is none. */
bool sluice_timeouts_read(zval *value, double *values)
{
	if (Z_TYPE_P(value) != IS_OBJECT || Z_OBJCE_P(value) != timeouts_ce) {
		return false;
	}
	for (int i = 0; i < TIMEOUTS; i++) {
		values[i] = zval_get_double(slot(Z_OBJ_P(value), i));
	}
	return true;
}

/* A TlsInfo; takes over the four values, strings or null. */
void sluice_tls_info_new(zval *made, zval *values)
{
	object_init_ex(made, tls_info_ce);
	for (int i = 0; i < 4; i++) {
		ZVAL_COPY_VALUE(slot(Z_OBJ_P(made), i), &values[i]);
	}
}
