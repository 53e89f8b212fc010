-- One row per notice claimed for the lease: due notices of our channels without a claim, or with an
-- expired one; highest severity first, then oldest. Due times further ahead than any possible wait
-- (digests and quiet hours: days) were written by a clock that ran ahead.
UPDATE store.alerts
SET
    state = 'claimed',
    claim_token = $token,
    claimed_by = $owner,
    claimed_until = $until,
    claim_count = claim_count + 1
WHERE alert_id IN (
    SELECT alert_id
    FROM store.alerts
    WHERE list_contains($channels, channel)
        AND fold_at IS NULL
        -- A correction goes only to a receiver of the corrected notice, and after it.
        AND (kind <> 'correction' OR refers_to IN (
            SELECT f.alert_id
            FROM store.alerts AS f
            LEFT JOIN store.alerts AS d ON d.alert_id = f.folded_into
            WHERE coalesce(d.state, f.state) = 'sent' AND f.alert_id IN (
                SELECT refers_to FROM store.alerts WHERE kind = 'correction' AND state IN ('pending', 'claimed')
            )
        ))
        AND (
            (
                state = 'pending'
                AND (due_at <= $now OR due_at > $now::TIMESTAMPTZ + INTERVAL 8 DAY)
            )
            OR (
                state = 'claimed'
                AND (claimed_until <= $now OR claimed_until > $now::TIMESTAMPTZ + INTERVAL 1 DAY)
            )
        )
    ORDER BY severity_rank, created_at, first_seen_at, alert_id
    LIMIT $most
)
