#include "battery/fixture.h"

const struct battery_case cases_url[] = { { 0 } };
