#include "battery/fixture.h"

const struct battery_case cases_document[] = { { 0 } };
