#include "cli/cli.h"

#include "base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define RULES                                                                                      \
	"--set", "paths.rules=" POTERNE_SOURCE "/rules", "--set",                                  \
		"paths.lists=" POTERNE_SOURCE "/lists"

/* Runs the command and gives back what it wrote to standard output and error. */
static int run(struct arena *a, const char *const *args, str *ret_out)
{
	int saved[2] = { dup(STDOUT_FILENO), dup(STDERR_FILENO) };
	char *argv[16] = { arena_cz(a, STR("check-config")) };
	struct why why;
	int argc = 1, status, fd = fd_memfd("output", &why);

	while (args[argc - 1]) {
		argv[argc] = arena_cz(a, str_c(args[argc - 1]));
		argc++;
	}
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	status = cmd_check_config(argc, argv);
	fflush(stdout);
	dup2(saved[0], STDOUT_FILENO);
	dup2(saved[1], STDERR_FILENO);
	assert_int_equal(fd_read_all(fd, a, 1 << 20, ret_out, &why), 0);
	fd_close(saved[0]);
	fd_close(saved[1]);
	fd_close(fd);
	return status;
}

static void the_answer_is_the_exit_status_and_a_line(void **state)
{
	static const struct {
		const char *args[8];
		int status;
		const char *says;
	} cases[] = {
		{ { RULES }, CLI_DONE, "valid: " },
		{ { RULES }, CLI_DONE, "warning: antivirus.clamd is empty" },
		{ { RULES, "--show" }, CLI_DONE, "  max_message_bytes: 10000KiB\n" },
		{ { RULES, "--json" },
		  CLI_DONE,
		  "{\"valid\":true,\"error\":null,\"warnings\":[\"antivirus" },
		{ { "--json", "--set", "tls.key=/k" },
		  CLI_NO,
		  "{\"valid\":false,\"error\":\"tls.key is set" },
		{ { "--set", "smtp.threds=4" },
		  CLI_NO,
		  "poterne: check-config: --set: found \"smtp.threds\", expected a configuration "
		  "key; "
		  "did you mean \"smtp.threads\"?\n" },
		{ { RULES, "--set", "paths.overlay=" POTERNE_SOURCE "/rules" },
		  CLI_NO,
		  "expected score, disabled or observe" },
		{ { RULES, "--set", "paths.rules=/nowhere" }, CLI_ENVIRONMENT, "/nowhere" },
		{ { RULES, "--set", "recipients.file=/nowhere" },
		  CLI_ENVIRONMENT,
		  "recipients.file: /nowhere: No such file" },
		{ { RULES, "--set", "recipients.file=" POTERNE_SOURCE "/VERSION" },
		  CLI_NO,
		  "VERSION:1:1: found " },
		{ { "/nowhere.yaml" }, CLI_ENVIRONMENT, "/nowhere.yaml: No such file" },
		{ { "--what" }, CLI_USAGE, "usage: poterne check-config" },
		{ { "a", "b" }, CLI_USAGE, "usage: poterne check-config" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		str out;

		assert_int_equal(run(a, cases[i].args, &out), cases[i].status);
		if (str_find(out, str_c(cases[i].says)) == STR_NONE)
			fail_msg("\"%s\" is not in \"%.*s\"", cases[i].says, STR_ARG(out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_the_exit_status_and_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
