-- Whether a delivery came before is known from its event, whose public id says the same. An index of its own touched a
-- page anywhere in it for every delivery, before it could be answered.
DROP INDEX deliveries_once;
