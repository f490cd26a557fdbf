"""An authority's own PostgreSQL database: connections, migrations, the clock and the stores."""
