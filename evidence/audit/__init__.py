"""Why a case has its code."""
