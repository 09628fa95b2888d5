"""What a planner calls the numbers of the demand model."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.tender.cash_inputs import CASH_TITLES

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "calibration_kwh": "Public kWh against the model, calibrated",
        "calibration_hours": "Connected hours against the model, calibrated",
        "calibration_least": "Observations for a district to count in a calibration",
        "calibration_seen": "Share of its points for a district to count in a calibration",
        "registrations_year": "Year of the car figures",
        "ev_share_2022": "Plug-in share where no registrations are loaded",
        "ev_share_2030": "Electric share of private cars in 2030",
        "ev_share_2035": "Electric share of private cars in 2035",
        "shrink_cars": "Pull of small districts towards the city",
        "tau_years": "Years until the gap between districts closes",
        "bass_cap": "Private cars that will ever have a plug",
        "fleet_growth": "Growth of the number of cars",
        "default_cars_household": "Cars per household where no cars are loaded",
        "default_people_household": "Inhabitants per household where one is missing",
        "default_multifamily": "Apartments where the kind of home is not known",
        "company_per_private": "Company cars kept at home per private car",
        "company_ev_2025": "Electric share of company cars in 2025",
        "company_ev_2030": "Electric share of company cars in 2030",
        "company_ev_2035": "Electric share of company cars in 2035",
        "bev_of_plugin_2022": "Fully electric among plug-in cars where not loaded",
        "bev_of_plugin_2030": "Fully electric among plug-in cars in 2030",
        "bev_of_plugin_2035": "Fully electric among plug-in cars in 2035",
        "own_parking_single": "Own parking at single-family homes",
        "own_parking_multi": "Own parking at apartments",
        "own_parking_odds": "Odds of own parking of electric drivers",
        "km_bev": "Distance of an electric car",
        "km_phev": "Distance of a plug-in hybrid",
        "phev_electric": "Electric driving of plug-in hybrids",
        "kwh_km": "Use of electric cars per km",
        "kwh_km_phev": "Use of plug-in hybrids per km",
        "kwh_km_van": "Use of vans per km",
        "km_company": "Distance of a company car",
        "km_shared": "Distance of a shared car",
        "km_taxi": "Distance of a taxi",
        "km_van": "Distance of a van",
        "pub_no_own": "Public charging without own parking",
        "pub_own": "Public charging with own parking",
        "visitor_kwh_share": "Visitors, on top of residents' public charging",
        "commuter_kwh_share": "Commuters, on top of residents' public charging",
        "shared_per_1000_hh": "Shared cars per 1,000 households",
        "taxi_per_1000_inh": "Taxis per 1,000 inhabitants",
        "taxi_ev_2030": "Electric share of taxis in 2030",
        "van_per_car": "Vans per private car",
        "van_ev_2030": "Electric share of vans in 2030",
        "ramp_start_year": "First year of electric fleets",
        "ramp_end_year": "Year in which electric fleets are there",
        "public_share_shared": "Public charging of shared cars",
        "public_share_taxi": "Public charging of taxis",
        "public_share_van": "Public charging of vans",
        "kwh_session": "Energy of a session",
        "hours_session": "Connected time of a session",
        "peak_factor": "Busiest hours over the mean",
        "homes_per_cluster": "Homes that share points",
        "district_sigma": "Spread of a district's own factor",
        "nominal_point_kw": "Rated power of a point",
        "afir_kw_bev": "AFIR power per electric car",
        "afir_kw_phev": "AFIR power per plug-in hybrid",
        "rate_households": "Households below which no rate is shown",
        **{f"season_{month:02d}": f"Energy of {name}" for month, name in enumerate(MONTHS, 1)},
    }
)


def title_of(name: str) -> str:
    """Name a number in a planner's words; one without a title is called by its key."""
    return TITLES.get(name) or CASH_TITLES.get(name, name)
