package api

import (
	"context"
	"net/http"
	"net/url"
)

// AlertPath returns the escaped path of an alert.
func AlertPath(id string) string { return AlertsPath + "/" + url.PathEscape(id) }

// RulePath returns the escaped path of a rule.
func RulePath(name string) string { return RulesPath + "/" + url.PathEscape(name) }

// MutePath returns the escaped path of a mute.
func MutePath(id string) string { return MutesPath + "/" + url.PathEscape(id) }

// Alerts asks for alerts. The query has the parameters of GET /api/v1/alerts.
func (c Client) Alerts(ctx context.Context, query url.Values) (out AlertsAnswer, err error) {
	return out, c.get(ctx, AlertsPath, query, &out)
}

// ActOnAlert acknowledges, snoozes or reopens an alert and its thread, and returns it as it is then.
func (c Client) ActOnAlert(ctx context.Context, id string, action AlertAction) (out Alert, err error) {
	_, err = c.ask(ctx, http.MethodPost, AlertPath(id), nil, action, nil, &out)
	return out, err
}

// Rules asks for the rules.
func (c Client) Rules(ctx context.Context) (out RulesAnswer, err error) {
	return out, c.get(ctx, RulesPath, nil, &out)
}

// Rule asks for one rule, and returns the tag by which a change can name what it is a change of.
func (c Client) Rule(ctx context.Context, name string) (out Rule, etag string, err error) {
	header, err := c.ask(ctx, http.MethodGet, RulePath(name), nil, nil, nil, &out)
	return out, header.Get("ETag"), err
}

// PutRule makes or replaces the rule of that name. With a tag only the one that has it is replaced; with "" any.
func (c Client) PutRule(ctx context.Context, r Rule, etag string) error {
	_, err := c.ask(ctx, http.MethodPut, RulePath(r.Name), nil, r, ifMatch(etag), nil)
	return err
}

// DeleteRule deletes a rule. The tag is as in PutRule.
func (c Client) DeleteRule(ctx context.Context, name, etag string) error {
	_, err := c.ask(ctx, http.MethodDelete, RulePath(name), nil, nil, ifMatch(etag), nil)
	return err
}

// AddMute mutes a rule, a watch list or a term, and returns the mute as it is kept.
func (c Client) AddMute(ctx context.Context, m Mute) (out Mute, err error) {
	_, err = c.ask(ctx, http.MethodPost, MutesPath, nil, m, nil, &out)
	return out, err
}

// DeleteMute ends a mute.
func (c Client) DeleteMute(ctx context.Context, id string) error {
	_, err := c.ask(ctx, http.MethodDelete, MutePath(id), nil, nil, nil, nil)
	return err
}
