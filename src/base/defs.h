/* base/defs.h - the few attributes and checks that every room uses.
 *
 * Nothing here allocates, logs or fails, except bug(), which aborts: a bug is
 * for the developer, a core file says where, and the supervisor restarts.
 */
#ifndef BASE_DEFS_H
#define BASE_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define must_use __attribute__((warn_unused_result))
#define cleanup(f) __attribute__((cleanup(f)))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define unused_arg __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Hands a handle over: returns it and leaves -1 behind for the cleanup attribute. */
#define take_fd(fd)                                                                                \
	({                                                                                         \
		int take_fd_ = (fd);                                                               \
		(fd) = -1;                                                                         \
		take_fd_;                                                                          \
	})

/* Aborts with file and line when a promise of our own code is broken. */
#define bug_if(cond)                                                                               \
	do {                                                                                       \
		if (__builtin_expect(!!(cond), 0))                                                 \
			defs_bug(__FILE__, __LINE__, #cond);                                       \
	} while (0)

/* For the result of a must_use function that is left alone on purpose: say why beside it. */
static inline void defs_ignore(int result)
{
	(void)result;
}

__attribute__((noreturn)) void defs_bug(const char *file, int line, const char *what);

/* Checked arithmetic on numbers that came from outside: false on overflow. */
#define add_ok(a, b, ret) (!__builtin_add_overflow((a), (b), (ret)))
#define mul_ok(a, b, ret) (!__builtin_mul_overflow((a), (b), (ret)))

#endif
