"""How a sheet of paper is drawn: measures in millimetres, words that always fit."""
