package zeeschuimer

import (
	"encoding/json"

	"github.com/swell-radar/swell/term"
)

type entities struct {
	Hashtags soft[[]struct {
		Text text `json:"text"`
	}] `json:"hashtags"`
	URLs soft[[]struct {
		Expanded text `json:"expanded_url"`
	}] `json:"urls"`
	Mentions soft[[]struct {
		Name text `json:"screen_name"`
	}] `json:"user_mentions"`
}

func head(ids []text) text {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

func readX(data []byte, e *envelope, rec *term.Record) error {
	var around struct {
		Tweet json.RawMessage `json:"tweet"` // where somebody may not see all of it
	}
	if err := object(data, &around); err != nil {
		return err
	}
	if len(around.Tweet) > 0 && around.Tweet[0] == '{' {
		data = around.Tweet
	}
	var v struct {
		ID   text `json:"rest_id"`
		Edit soft[struct {
			IDs     soft[[]text] `json:"edit_tweet_ids"`
			Initial soft[struct {
				IDs soft[[]text] `json:"edit_tweet_ids"`
			}] `json:"edit_control_initial"`
			First text `json:"initial_tweet_id"`
		}] `json:"edit_control"`
		Edits soft[[]text] `json:"edit_history_tweet_ids"` // in the interface for programs
		Core  soft[struct {
			User struct {
				Result struct {
					ID     text        `json:"rest_id"`
					Legacy soft[named] `json:"legacy"`
					Core   soft[named] `json:"core"`
				} `json:"result"`
			} `json:"user_results"`
		}] `json:"core"`
		Legacy struct {
			ID        text            `json:"id_str"`
			Created   instant         `json:"created_at"`
			Text      text            `json:"full_text"`
			Lang      text            `json:"lang"`
			User      text            `json:"user_id_str"`
			Entities  soft[entities]  `json:"entities"`
			Likes     count           `json:"favorite_count"`
			Reposts   count           `json:"retweet_count"`
			Replies   count           `json:"reply_count"`
			Quotes    count           `json:"quote_count"`
			Saves     count           `json:"bookmark_count"`
			Retweeted json.RawMessage `json:"retweeted_status_result"`
		} `json:"legacy"`
		Note soft[struct {
			Results struct {
				Result struct {
					Text     text           `json:"text"`
					Entities soft[entities] `json:"entity_set"`
				} `json:"result"`
			} `json:"note_tweet_results"`
		}] `json:"note_tweet"`
		Views soft[struct {
			Count count `json:"count"`
		}] `json:"views"`
	}
	if err := object(data, &v); err != nil {
		return err
	}
	if v.Legacy.Created == 0 {
		return untimely("legacy.created_at")
	}
	user := v.Core.V.User.Result
	rec.TS = int64(v.Legacy.Created)
	// Each edit of a post is one of its own, which has the first one's ID as its first.
	edit := v.Edit.V
	rec.ID = first(head(edit.IDs.V), head(edit.Initial.V.IDs.V), edit.First, head(v.Edits.V), v.ID, v.Legacy.ID, e.Item)
	rec.Author = first(string(user.Core.V), string(user.Legacy.V), string(user.ID), string(v.Legacy.User))
	rec.Text, rec.Repost = string(v.Legacy.Text), len(v.Legacy.Retweeted) > 0 && v.Legacy.Retweeted[0] == '{'
	if l := v.Legacy.Lang; l != "und" && l != "zxx" && (len(l) < 3 || l[0] != 'q') { // undetermined, no language, codes of X's own
		rec.Lang = string(l)
	}
	all := []entities{v.Legacy.Entities.V}
	if note := v.Note.V.Results.Result; note.Text != "" { // the whole of a long post
		rec.Text = string(note.Text)
		all = append(all, note.Entities.V)
	}
	for _, in := range all {
		for _, h := range in.Hashtags.V {
			rec.Tags = addText(rec.Tags, h.Text)
		}
		for _, u := range in.URLs.V {
			rec.Links = addText(rec.Links, u.Expanded)
		}
		for _, m := range in.Mentions.V {
			rec.Mentions = addText(rec.Mentions, m.Name)
		}
	}
	addMetric(rec, "likes", v.Legacy.Likes)
	addMetric(rec, "quotes", v.Legacy.Quotes)
	addMetric(rec, "replies", v.Legacy.Replies)
	addMetric(rec, "reposts", v.Legacy.Reposts)
	addMetric(rec, "saves", v.Legacy.Saves)
	addMetric(rec, "views", v.Views.V.Count)
	return nil
}
