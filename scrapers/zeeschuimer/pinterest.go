package zeeschuimer

import (
	"strings"

	"github.com/swell-radar/swell/term"
)

func readPinterest(data []byte, e *envelope, rec *term.Record) error {
	var v struct {
		ID          text         `json:"id"`
		EntityID    text         `json:"entityId"`
		Created     instant      `json:"created_at"`
		CreatedAt   instant      `json:"createdAt"`
		Title       text         `json:"title"`
		GridTitle   text         `json:"grid_title"`
		Description text         `json:"description"`
		Closeup     text         `json:"closeup_description"`
		Pinner      named        `json:"pinner"`
		Link        text         `json:"link"`
		Repins      count        `json:"repin_count"`
		Saves       count        `json:"save_count"`
		Comments    count        `json:"comment_count"`
		Reactions   count        `json:"total_reaction_count"`
		Hashtags    soft[[]text] `json:"hashtags"`
	}
	if err := object(data, &v); err != nil {
		return err
	}
	for _, at := range []instant{v.Created, v.CreatedAt, e.Collected} {
		if rec.TS = int64(at); at != 0 {
			break
		}
	}
	if rec.TS == 0 {
		return wrong("ts", "cannot be had: neither data.created_at nor timestamp_collected is a time")
	}
	rec.ID, rec.Author = first(v.ID, v.EntityID, e.Item), string(v.Pinner)
	rec.Text = strings.TrimSpace(first(v.Title, v.GridTitle) + "\n" + first(v.Description, v.Closeup))
	for _, tag := range v.Hashtags.V {
		rec.Tags = addText(rec.Tags, tag)
	}
	rec.Links = addText(rec.Links, v.Link)
	addMetric(rec, "comments", v.Comments)
	addMetric(rec, "likes", v.Reactions)
	addMetric(rec, "saves", v.Repins, v.Saves)
	return nil
}
