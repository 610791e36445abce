"""The CNN against implementations that we did not write."""

import itertools

import torch
from torch import Tensor, nn

from lmdemo.models import cnn
from lmdemo.models.cnn import CNN, CNNConfig
from lmdemo.proofs import Check


def prove() -> tuple[Check, ...]:
    """Checks the written-out convolution and pooling and the whole network; a second or two."""
    generator = torch.Generator().manual_seed(0)

    def random(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    maps, kernels, biases = random(3, 9, 8), random(4, 3, 3, 3), random(4)
    ours = cnn.convolution(maps, kernels, biases, padding=1)
    theirs = nn.functional.conv2d(maps[None], kernels, biases, padding=1)[0]
    pooled = cnn.max_pooling(maps, 2)

    # By hand: a 3 x 3 picture of 1 to 9 and the kernel [[1, 0], [0, -1]] give 1 - 5 = 2 - 6 = 4 - 8 = 5 - 9 = -4.
    by_hand = cnn.convolution(
        torch.arange(1.0, 10.0).view(1, 3, 3), torch.tensor([[[[1.0, 0.0], [0.0, -1.0]]]]), torch.zeros(1)
    )

    checks = [
        _check(
            "convolution, written out",
            "torch.nn.functional.conv2d",
            ours,
            theirs,
            1e-5,
            "3 maps of 9 x 8, 4 kernels, padding 1",
        ),
        _check(
            "convolution, written out",
            "by hand: 1 - 5 = -4",
            by_hand,
            torch.full((1, 2, 2), -4.0),
            0.0,
            "1 to 9 in 3 x 3",
        ),
        _check(
            "max_pooling, written out",
            "torch.nn.functional.max_pool2d",
            pooled,
            nn.functional.max_pool2d(maps[None], 2)[0],
            0.0,
            "windows of 2 x 2, odd rest left out",
        ),
    ]
    for name, config in (("CNN, shipped", CNNConfig()), ("CNN, textbook", CNNConfig.textbook())):
        model = randomized(CNN(config), generator).eval()
        x = random(2, config.num_channels, config.image_size, config.image_size)
        labels = range(
            model.classifier.out_features
        )  # with one alone, all of the map can be negative, so cut to nothing
        with torch.inference_mode():
            checks.append(
                _check(
                    name,
                    "plain torch.nn layers with copied weights",
                    model(x).logits,
                    plain(model)(x),
                    1e-5,
                    f"{model.num_parameters:,} parameters, 2 pictures",
                )
            )
        checks.append(
            _check(
                f"Grad-CAM, {name.split()[1]}",
                "by hand, from the dense layers' weights",
                torch.stack([cnn.class_activation(model, x, k) for k in labels]),
                torch.stack([by_hand_activation(model, x, k) for k in labels]),
                1e-5,
                "the last convolution's maps after their ReLU, every label, 2 pictures",
            )
        )
    return tuple(checks)


@torch.no_grad()
def by_hand_activation(model: CNN, x: Tensor, target: int) -> Tensor:
    """Grad-CAM without autograd: a logit's slope, followed back through the dense layers and the pooling."""
    last, traced = len(model.convs), model(x, trace=True).feature_maps
    maps = traced[f"relu{last}"]  # (B, F, H, W)
    slope = model.classifier.weight[target].expand(len(x), -1)  # (B, features)
    for j, fc in reversed(list(enumerate(model.fcs, start=1))):
        slope = (slope * (traced[f"fc{j}"] > 0)) @ fc.weight
    # Each pooling window hands its slope to the one number that it kept, so that a map's slopes add up to the same.
    weights = slope.view(*maps.shape[:2], -1).sum(2) / maps[0, 0].numel()  # (B, F)
    heat = torch.zeros_like(maps[:, 0])
    for b, f in itertools.product(*map(range, weights.shape)):
        heat[b] += weights[b, f] * maps[b, f]
    return heat.clamp(min=0)


def _check(name: str, reference: str, ours: Tensor, theirs: Tensor, tolerance: float, details: str) -> Check:
    return Check(name, reference, (ours - theirs).abs().max().item(), tolerance, details)


def randomized(model: CNN, generator: torch.Generator) -> CNN:
    """Gives batch normalisation statistics and scales that matter, as after a training."""
    with torch.no_grad():
        for norm in model.norms:
            for tensor, low, high in (
                (norm.weight, 0.5, 1.5),
                (norm.bias, -0.5, 0.5),
                (norm.running_mean, -0.5, 0.5),
                (norm.running_var, 0.5, 1.5),
            ):
                tensor.copy_(low + (high - low) * torch.rand(tensor.shape, generator=generator))
    return model


def plain(model: CNN) -> nn.Sequential:
    """The same network as a list of torch's layers, weights copied by position."""
    config, layers = model.config, []
    widths = (config.num_channels, *config.hidden_sizes)
    for i, (inputs, filters) in enumerate(zip(widths, config.hidden_sizes, strict=False), start=1):
        layers.append(
            nn.Conv2d(inputs, filters, config.kernel_size, padding=config.padding, bias=not config.batch_norm)
        )
        if config.batch_norm:
            layers.append(nn.BatchNorm2d(filters))
        layers.append(nn.ReLU())
        if i in config.pool_after:
            layers.append(nn.MaxPool2d(config.pool_size))
    layers += [nn.Flatten()]
    sizes = (config.hidden_sizes[-1] * config.map_size(len(config.hidden_sizes)) ** 2, *config.fc_sizes)
    for inputs, outputs in zip(sizes, config.fc_sizes, strict=False):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    layers.append(nn.Linear(sizes[-1], len(config.labels)))
    network = nn.Sequential(*layers)

    convs, norms, dense = iter(model.convs), iter(model.norms), iter([*model.fcs, model.classifier])
    for layer in network:
        source = {nn.Conv2d: convs, nn.BatchNorm2d: norms, nn.Linear: dense}.get(type(layer))
        if source is not None:
            layer.load_state_dict(next(source).state_dict())
    return network.eval()
