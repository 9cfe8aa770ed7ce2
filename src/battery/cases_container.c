#include "battery/fixture.h"

const struct battery_case cases_container[] = { { 0 } };
