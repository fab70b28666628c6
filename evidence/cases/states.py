"""What states are called, by their COW country code, where no list of states is given.

The codes are facts of the data; the names are the usual English ones. A code keeps its name through a
state's whole life there, so some have another in some years: 365 is Russia, and was the Soviet Union.
"""

from __future__ import annotations

__all__ = ["name_in", "name_of"]

_LIST = """
2 United States; 20 Canada; 31 Bahamas; 40 Cuba; 41 Haiti; 42 Dominican Republic; 51 Jamaica;
52 Trinidad and Tobago; 53 Barbados; 54 Dominica; 55 Grenada; 56 Saint Lucia;
57 Saint Vincent and the Grenadines; 58 Antigua and Barbuda; 60 Saint Kitts and Nevis; 70 Mexico;
80 Belize; 90 Guatemala; 91 Honduras; 92 El Salvador; 93 Nicaragua; 94 Costa Rica; 95 Panama;
100 Colombia; 101 Venezuela; 110 Guyana; 115 Suriname; 130 Ecuador; 135 Peru; 140 Brazil; 145 Bolivia;
150 Paraguay; 155 Chile; 160 Argentina; 165 Uruguay; 200 United Kingdom; 205 Ireland; 210 Netherlands;
211 Belgium; 212 Luxembourg; 220 France; 221 Monaco; 223 Liechtenstein; 225 Switzerland; 230 Spain;
232 Andorra; 235 Portugal; 240 Hanover; 245 Bavaria; 255 Germany; 260 West Germany; 265 East Germany;
267 Baden; 269 Saxony; 271 Württemberg; 273 Hesse-Kassel; 275 Hesse-Darmstadt; 280 Mecklenburg-Schwerin;
290 Poland; 300 Austria-Hungary; 305 Austria; 310 Hungary; 315 Czechoslovakia; 316 Czech Republic;
317 Slovakia; 325 Italy; 327 Papal States; 329 Two Sicilies; 331 San Marino; 332 Modena; 335 Parma;
337 Tuscany; 338 Malta; 339 Albania; 341 Montenegro; 343 Macedonia; 344 Croatia; 345 Yugoslavia;
346 Bosnia and Herzegovina; 347 Kosovo; 349 Slovenia; 350 Greece; 352 Cyprus; 355 Bulgaria; 359 Moldova;
360 Romania; 365 Russia; 366 Estonia; 367 Latvia; 368 Lithuania; 369 Ukraine; 370 Belarus; 371 Armenia;
372 Georgia; 373 Azerbaijan; 375 Finland; 380 Sweden; 385 Norway; 390 Denmark; 395 Iceland;
402 Cape Verde; 403 São Tomé and Príncipe; 404 Guinea-Bissau; 411 Equatorial Guinea; 420 Gambia;
432 Mali; 433 Senegal; 434 Benin; 435 Mauritania; 436 Niger; 437 Ivory Coast; 438 Guinea;
439 Burkina Faso; 450 Liberia; 451 Sierra Leone; 452 Ghana; 461 Togo; 471 Cameroon; 475 Nigeria;
481 Gabon; 482 Central African Republic; 483 Chad; 484 Republic of the Congo;
490 Democratic Republic of the Congo; 500 Uganda; 501 Kenya; 510 Tanzania; 511 Zanzibar; 516 Burundi;
517 Rwanda; 520 Somalia; 522 Djibouti; 530 Ethiopia; 531 Eritrea; 540 Angola; 541 Mozambique;
551 Zambia; 552 Zimbabwe; 553 Malawi; 560 South Africa; 565 Namibia; 570 Lesotho; 571 Botswana;
572 Swaziland; 580 Madagascar; 581 Comoros; 590 Mauritius; 591 Seychelles; 600 Morocco; 615 Algeria;
616 Tunisia; 620 Libya; 625 Sudan; 626 South Sudan; 630 Iran; 640 Turkey; 645 Iraq; 651 Egypt;
652 Syria; 660 Lebanon; 663 Jordan; 666 Israel; 670 Saudi Arabia; 678 North Yemen; 679 Yemen;
680 South Yemen; 690 Kuwait; 692 Bahrain; 694 Qatar; 696 United Arab Emirates; 698 Oman;
700 Afghanistan; 701 Turkmenistan; 702 Tajikistan; 703 Kyrgyzstan; 704 Uzbekistan; 705 Kazakhstan;
710 China; 712 Mongolia; 713 Taiwan; 730 Korea; 731 North Korea; 732 South Korea; 740 Japan; 750 India;
760 Bhutan; 770 Pakistan; 771 Bangladesh; 775 Myanmar; 780 Sri Lanka; 781 Maldives; 790 Nepal;
800 Thailand; 811 Cambodia; 812 Laos; 816 Vietnam; 817 South Vietnam; 820 Malaysia; 830 Singapore;
835 Brunei; 840 Philippines; 850 Indonesia; 860 East Timor; 900 Australia; 910 Papua New Guinea;
920 New Zealand; 935 Vanuatu; 940 Solomon Islands; 946 Kiribati; 947 Tuvalu; 950 Fiji; 955 Tonga;
970 Nauru; 983 Marshall Islands; 986 Palau; 987 Micronesia; 990 Samoa
"""
_NAMES = {int(code): name for code, _, name in (entry.strip().partition(" ") for entry in _LIST.split(";"))}
#: Names of certain years: code, from, until (both included), name.
_DATED = (
    (255, 1816, 1870, "Prussia"),
    (325, 1816, 1860, "Sardinia"),
    (345, 1878, 1917, "Serbia"),
    (345, 2006, 9999, "Serbia"),
    (365, 1923, 1991, "Soviet Union"),
    (490, 1972, 1996, "Zaire"),
    (552, 1965, 1979, "Rhodesia"),
    (640, 1816, 1922, "Ottoman Empire"),
    (651, 1958, 1970, "United Arab Republic"),
    (775, 1948, 1988, "Burma"),
    (780, 1948, 1971, "Ceylon"),
    (816, 1954, 1975, "North Vietnam"),
)


def name_of(ccode: int) -> str | None:
    """Return the usual name of the state with that COW country code; nothing if it is not known."""
    return _NAMES.get(ccode)


def name_in(year: int, ccode: int | None, name: str) -> str:
    """Return what a state was called in a year.

    Args:
        year: the year meant.
        ccode: its COW country code, if it has one.
        name: its name in the ledger; a name that somebody chose is left as it is.
    """
    if ccode is None or name != _NAMES.get(ccode):
        return name
    return next((then for code, first, last, then in _DATED if code == ccode and first <= year <= last), name)
