"""What every member's page stands on; knows no member."""
