/* bin/poterned.c - the supervisor. */
#include "super/super.h"

#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

enum { MAX_SETS = 256 };

static const char help[] =
	"usage: poterned [--config FILE] [--set path.to.key=value]...\n"
	"\n"
	"Starts the gateway and stays in the foreground; events go to standard error as JSON\n"
	"lines. Without --config the embedded defaults apply: SMTP on 127.0.0.1:2525 for\n"
	"hopital.example, delivery into a Maildir below the state directory.\n"
	"\n"
	"  --config FILE    the configuration (see poterne.yaml(5)); conf.d/*.yaml beside it too\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"  --version        prints the version\n"
	"\n"
	"SIGHUP reads the configuration again (a bad one changes nothing); SIGTERM and SIGINT "
	"stop.\n";

/* Were one of them closed, a listener would take its number, and the log be written into it. */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "set", required_argument, NULL, 's' },
						 { "version", no_argument, NULL, 'v' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	const char *sets[MAX_SETS];
	struct super_source source = { .sets = sets };
	struct why why;
	struct arena *arena;
	struct conf *conf;
	int o;

	open_standard_descriptors();
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'h' || o == 'v') {
			puts(o == 'h' ? help : "poterned " POTERNE_VERSION);
			return 0;
		}
		if (o == '?' || (o == 's' && source.n_sets == MAX_SETS)) {
			fputs(help, stderr);
			return 2;
		}
		if (o == 'c')
			source.file = optarg;
		else
			sets[source.n_sets++] = optarg;
	}
	if (optind < argc) {
		fprintf(stderr, "poterned: found %s, expected only options; see poterned --help\n",
			argv[optind]);
		return 2;
	}
	arena = arena_new("conf", 16 << 20);
	conf = super_read_conf(&source, arena, &why);
	if (!conf)
		fprintf(stderr, "poterned: %s\n", why.text);
	o = conf ? super_run(conf, &source) : 1;
	arena_free(arena);
	return o;
}
