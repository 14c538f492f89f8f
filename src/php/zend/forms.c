/* What forms and uploads need of the engine: PHP's own rules for the names of variables, its folders for
 * temporary files, and streams over what was uploaded. */
#include "shim.h"
#include "php_variables.h"
#include "php_open_temporary_file.h"
#include "php_memory_streams.h"
#include "fopen_wrappers.h"

/* Adds a variable as $_POST would have it: brackets in the name nest. */
void sluice_variable_add(const char *name, const char *value, size_t len, zval *array)
{
	php_register_variable_safe(name, value, len, array);
}

/* The same for a value of any type, which goes to the array. */
void sluice_variable_add_value(const char *name, zval *value, zval *array)
{
	php_register_variable_ex(name, value, array);
}

/* upload_tmp_dir of php.ini, or NULL. */
const char *sluice_upload_directory(void) { return PG(upload_tmp_dir); }

/* sys_temp_dir of php.ini, or TMPDIR, or /tmp. */
const char *sluice_temporary_directory(void) { return php_get_temporary_directory(); }

/* Whether open_basedir lets PHP code use the path. */
bool sluice_is_allowed(const char *path) { return php_check_open_basedir_ex(path, 0) == 0; }

/* A stream that reads a file; it closes the descriptor, also when it cannot be made. */
bool sluice_stream_of_file(int fd, zval *made)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "rb", NULL);
	if (!stream) {
		close(fd);
		return false;
	}
	php_stream_to_zval(stream, made);
	return true;
}

/* A stream that reads a string; it takes a reference of its own. */
bool sluice_stream_of_bytes(zend_string *bytes, zval *made)
{
	php_stream *stream = php_stream_memory_open(TEMP_STREAM_READONLY, bytes);
	if (!stream) {
		return false;
	}
	php_stream_to_zval(stream, made);
	return true;
}
