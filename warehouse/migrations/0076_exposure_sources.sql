-- Where a company sells what it makes (the only countries; empty: not known), and where the weight of
-- an exposure comes from: a filing with its address, NULL for the prior of its role.
ALTER TABLE store.exposures ADD COLUMN sells VARCHAR[];
ALTER TABLE store.exposures ADD COLUMN source VARCHAR;
