-- One row per event type: its family and its sign (R restricting, L liberalising, S supportive).
CREATE OR REPLACE VIEW event_families AS
SELECT * FROM (
    VALUES
        ('tariff', 'import', 'R'),
        ('tariff_exemption', 'import', 'L'),
        ('trade_remedy', 'import', 'R'),
        ('investigation', 'import', 'R'),
        ('import_restriction', 'import', 'R'),
        ('procurement_restriction', 'import', 'R'),
        ('export_ban', 'export', 'R'),
        ('export_licensing', 'export', 'R'),
        ('export_quota', 'export', 'R'),
        ('export_tax', 'export', 'R'),
        ('export_control', 'export', 'R'),
        ('sanction_listing', 'entity', 'R'),
        ('investment_screening', 'entity', 'R'),
        ('local_content_nationalisation', 'entity', 'R'),
        ('trade_agreement', 'agreement', 'L'),
        ('licensing_deal', 'agreement', 'L'),
        ('offtake_agreement', 'agreement', 'S'),
        ('government_investment', 'support', 'S'),
        ('subsidy', 'support', 'S'),
        ('stockpile', 'support', 'S')
) AS listed (type, family, sign);

COMMENT ON VIEW event_families IS 'One row per event type of the ontology: its family and sign.';
COMMENT ON COLUMN event_families.type IS 'The event type.';
COMMENT ON COLUMN event_families.family IS 'Family of the type: import, export, entity, agreement or support.';
COMMENT ON COLUMN event_families.sign IS 'Direction of a step forward: R restricting, L liberalising, S supportive.';
