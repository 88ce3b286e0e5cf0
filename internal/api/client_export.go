package api

import "context"

// Exports asks which closed days there are files of.
func (c Client) Exports(ctx context.Context) (out ExportsAnswer, err error) {
	return out, c.get(ctx, ExportPath, nil, &out)
}

// ExportsAnswer is what GET /api/v1/export gives.
type ExportsAnswer struct {
	Demo bool        `json:"demo,omitzero"`
	Days []ExportDay `json:"days"`
}

// ExportDay is a closed day of which there are files.
type ExportDay struct {
	Day string `json:"day"` // as in 2026-06-01, UTC
}
