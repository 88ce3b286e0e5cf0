package feed

import (
	"context"
	"strings"

	"github.com/swell-radar/swell/scrapers"
)

// relabelled takes the port, which is another one in each test, out of what a source delivers.
type relabelled struct{ scrapers.Source }

func (r relabelled) Run(ctx context.Context, h scrapers.Host) error {
	return r.Source.Run(ctx, relabelling{h})
}

type relabelling struct{ scrapers.Host }

func (r relabelling) Deliver(ctx context.Context, d scrapers.Delivery) error {
	for i := range d.Records {
		if _, id, ok := strings.Cut(d.Records[i].ID, "/posts/"); ok {
			d.Records[i].ID = "made-up " + id
		}
	}
	return r.Host.Deliver(ctx, d)
}
