/* JSON of plain values, to the byte what json_encode() makes of them.
 *
 * json_encode() asks of each character, and of each value, what nobody asks of plain ones, and its shortest
 * form of a float takes 2,200 instructions where newer ways take a tenth of that: for 50 rows of an API, 245,000
 * instructions of 277,000 for the whole request. Null, booleans, numbers, strings and arrays of them are plain.
 * For everything else, and for everything that is wrong, json_encode() is asked, about the whole: nothing has
 * been run or changed by then. */
#include "shim.h"
#include "zend_smart_str.h"
#include "ext/json/php_json.h"

/* Writes a float of 1e-4 to 1e15, or its negative, in its shortest form, with a fraction; its length. */
typedef size_t (*write_float)(double value, char *into);

/* Deeper than this json_encode() refuses. */
#define DEEPEST 512

/* Characters that stand for themselves: not those that are escaped, nor those of more than a byte. */
static const bool plain[256] = {
	[' '] = true, ['!'] = true, ['#' ... '.'] = true, ['0' ... '['] = true, [']' ... 0x7f] = true,
};

static void put_unit(smart_str *text, unsigned unit)
{
	static const char digits[] = "0123456789abcdef";
	char *to = smart_str_extend(text, 6);
	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4) {
		*to++ = digits[(unit >> shift) & 0xf];
	}
}

static bool is_tail(const unsigned char *at, const unsigned char *end) { return at < end && (*at & 0xc0) == 0x80; }

/* Puts the character at `at`, which is not plain. Returns where the next is; NULL: it is no UTF-8. */
static const unsigned char *put_escaped(smart_str *text, const unsigned char *at, const unsigned char *end)
{
	static const char shorts[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['/'] = '/', ['\\'] = '\\' };
	unsigned first = *at++;
	if (first < 0x80) {
		if (first < sizeof(shorts) && shorts[first]) {
			char *to = smart_str_extend(text, 2);
			to[0] = '\\';
			to[1] = shorts[first];
		} else {
			put_unit(text, first);
		}
		return at;
	}
	int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	if (first < 0xc2 || first > 0xf4) {
		return NULL;
	}
	unsigned point = first & (0x3f >> more);
	for (int i = 0; i < more; i++) {
		if (!is_tail(at, end)) {
			return NULL;
		}
		point = point << 6 | (*at++ & 0x3f);
	}
	if (more == 2 && (point < 0x800 || (point & 0xf800) == 0xd800)) {
		return NULL;
	}
	if (more < 3) {
		put_unit(text, point);
		return at;
	}
	if (point < 0x10000 || point > 0x10ffff) {
		return NULL;
	}
	point -= 0x10000;
	put_unit(text, 0xd800 | point >> 10);
	put_unit(text, 0xdc00 | (point & 0x3ff));
	return at;
}

/* How many of the first bytes are plain, to the next eight. */
static size_t plain_words(const unsigned char *at, size_t len)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	size_t count = 0;
	while (len - count >= 8) {
		uint64_t word;
		memcpy(&word, at + count, 8);
		uint64_t quote = word ^ ones * '"', slash = word ^ ones * '/', back = word ^ ones * '\\';
		uint64_t special = (word - ones * ' ') | (quote - ones) | (slash - ones) | (back - ones);
		/* A byte above the first that is special may be taken for one: it is looked at by itself then. */
		if ((special | word) & highs) {
			break;
		}
		count += 8;
	}
	return count;
}

static bool put_string(smart_str *text, const zend_string *string)
{
	const unsigned char *at = (const unsigned char *) ZSTR_VAL(string), *end = at + ZSTR_LEN(string);
	smart_str_appendc(text, '"');
	while (at < end) {
		const unsigned char *from = at;
		at += plain_words(at, end - at);
		while (at < end && plain[*at]) {
			at++;
		}
		smart_str_appendl(text, (const char *) from, at - from);
		if (at < end) {
			at = put_escaped(text, at, end);
			if (!at) {
				return false;
			}
		}
	}
	smart_str_appendc(text, '"');
	return true;
}

static bool put_float(smart_str *text, double value, write_float write)
{
	double size = value < 0 ? -value : value;
	if (PG(serialize_precision) != -1 || !(size >= 1e-4 && size < 1e15)) {
		if (value != 0 || PG(serialize_precision) != -1) {
			return false;
		}
		smart_str_appends(text, signbit(value) ? "-0.0" : "0.0");
		return true;
	}
	char digits[32];
	smart_str_appendl(text, digits, write(value, digits));
	return true;
}

static bool put(smart_str *text, zval *value, int depth, write_float write);

static bool put_list(smart_str *text, HashTable *list, int depth, write_float write)
{
	zval *value;
	char before = '[';
	ZEND_HASH_FOREACH_VAL(list, value) {
		smart_str_appendc(text, before);
		before = ',';
		if (!put(text, value, depth, write)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	smart_str_appendc(text, ']');
	return true;
}

static bool put_map(smart_str *text, HashTable *map, int depth, write_float write)
{
	zend_ulong number;
	zend_string *name;
	zval *value;
	char before = '{';
	ZEND_HASH_FOREACH_KEY_VAL(map, number, name, value) {
		smart_str_appendc(text, before);
		before = ',';
		if (name) {
			if (!put_string(text, name)) {
				return false;
			}
		} else {
			smart_str_appendc(text, '"');
			smart_str_append_long(text, (zend_long) number);
			smart_str_appendc(text, '"');
		}
		smart_str_appendc(text, ':');
		if (!put(text, value, depth, write)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	smart_str_appendc(text, '}');
	return true;
}

static bool put_array(smart_str *text, HashTable *array, int depth, write_float write)
{
	if (depth > DEEPEST) {
		return false;
	}
	if (zend_hash_num_elements(array) == 0) {
		smart_str_appendl(text, "[]", 2);
		return true;
	}
	return zend_array_is_list(array) ? put_list(text, array, depth, write) : put_map(text, array, depth, write);
}

static bool put(smart_str *text, zval *value, int depth, write_float write)
{
	ZVAL_DEREF(value);
	switch (Z_TYPE_P(value)) {
		case IS_NULL:
			smart_str_appendl(text, "null", 4);
			return true;
		case IS_FALSE:
			smart_str_appendl(text, "false", 5);
			return true;
		case IS_TRUE:
			smart_str_appendl(text, "true", 4);
			return true;
		case IS_LONG:
			smart_str_append_long(text, Z_LVAL_P(value));
			return true;
		case IS_DOUBLE:
			return put_float(text, Z_DVAL_P(value), write);
		case IS_STRING:
			return put_string(text, Z_STR_P(value));
		case IS_ARRAY:
			return put_array(text, Z_ARRVAL_P(value), depth + 1, write);
		default:
			return false;
	}
}

static zend_string *encode(zval *value)
{
	static zend_function *json_encode;
	zval text, arguments[2];
	if (!json_encode) {
		json_encode = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("json_encode"));
	}
	ZVAL_COPY_VALUE(&arguments[0], value);
	ZVAL_LONG(&arguments[1], PHP_JSON_THROW_ON_ERROR | PHP_JSON_PRESERVE_ZERO_FRACTION);
	ZVAL_UNDEF(&text);
	zend_call_known_function(json_encode, NULL, NULL, &text, 2, arguments, NULL);
	if (EG(exception) || Z_TYPE(text) != IS_STRING) {
		zval_ptr_dtor(&text);
		return NULL;
	}
	return Z_STR(text);
}

/* JSON text of a value as json_encode() makes it (1.0 stays 1.0), or NULL with an exception pending.
 * The caller owns it. */
zend_string *sluice_json(zval *value, write_float write)
{
	smart_str text = {0};
	if (put(&text, value, 0, write)) {
		return smart_str_extract(&text);
	}
	smart_str_free(&text);
	return encode(value);
}
