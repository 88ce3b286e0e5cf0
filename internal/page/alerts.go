package page

// alerts answers GET /alerts.
func (p *Page) alerts(v *viewer) *Answer { return p.show(v, "alerts", "Alerts", "alerts", nil) }
