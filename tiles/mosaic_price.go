package tiles

import (
	"context"
	"math"

	"onemap/tiles/mosaic"
)

// Prices are found by a few tiles first, which are held in memory, and then by all: in less rounds, the more there are.
const (
	fewFitted, fewRounds  = 8, 60
	allFitted, mostRounds = 256, 16 // tiles that are labelled in all rounds together
	fitted                = 0.008   // part by which an area may be wrong for prices to be good
)

// pricing is the search for the prices of a zoom. It goes on from one transaction to the next; what is noted is the best so
// far, from which another node begins.
type pricing struct {
	zoom   int
	recipe *mosaic.Recipe
	tiles  []Tile
	every  int // so many tiles from one that is looked at to the next
	search *mosaic.Fitting
}

// newPricing begins with the prices of the zoom below, or with those that have been noted.
func (m *maker) newPricing(ctx context.Context, zoom int) (*pricing, error) {
	r, err := m.recipe(ctx, zoom)
	if err != nil {
		return nil, err
	}
	p := &pricing{zoom: zoom, recipe: r, tiles: m.m.tiles(zoom)}
	p.every = (len(p.tiles) + fewFitted - 1) / fewFitted
	p.search = r.NewFitting((len(p.tiles)+p.every-1)/p.every, fewRounds, fitted)
	return p, nil
}

// price makes a step towards the prices of a zoom.
func (m *maker) price(ctx context.Context, zoom int) (done bool, err error) {
	if m.pricing == nil || m.pricing.zoom != zoom {
		if m.pricing, err = m.newPricing(ctx, zoom); err != nil {
			return false, err
		}
	}
	p := m.pricing
	done = p.search.Step(func(i int) *mosaic.Field {
		f, failed := m.window(ctx, p.recipe, p.tiles[i*p.every])
		if failed != nil {
			err = failed
		}
		return f
	})
	if err == nil && done {
		err = m.notePrices(ctx)
		if p.every > 1 {
			p.every, done = 1, false
			p.search = p.search.Continue(len(p.tiles), min(max(allFitted/len(p.tiles), 4), mostRounds))
		}
	}
	return done, err
}

// notePrices notes the best prices that have been found so far.
func (m *maker) notePrices(ctx context.Context) error {
	p := m.pricing
	if p == nil {
		return nil
	}
	prices, worst := p.search.Best()
	if math.IsInf(worst, 1) {
		return nil
	}
	_, err := m.tx.Exec(ctx, `insert into onemap.mosaic_zoom (mosaic, zoom, scale, prices, worst) values ($1, $2, $3, $4, $5)
		on conflict (mosaic, zoom) do update set prices = excluded.prices, worst = excluded.worst`, m.m.id, p.zoom, p.recipe.Scale, prices[:], worst)
	return err
}
