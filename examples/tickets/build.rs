//! Writes the gRPC service's traits, server and client by tonic's own generator, out of this
//! description: no `.proto` file, and so no `protoc` to install. The messages are in `src/rpc.rs`.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let method = |name, route, input, output| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(input)
            .output_type(output)
            .codec_path("tonic_prost::ProstCodec")
    };
    let office = Service::builder()
        .package("tickets")
        .name("Office")
        .comment("A box office: seats are held, and bought by who holds them.")
        .method(method("hold", "Hold", "crate::rpc::Order", "crate::rpc::Held").build())
        .method(method("buy", "Buy", "crate::rpc::Order", "crate::rpc::Sale").build())
        .method(
            method(
                "watch",
                "Watch",
                "crate::rpc::Everything",
                "crate::rpc::Sale",
            )
            .server_streaming()
            .build(),
        )
        .build();
    Builder::new().compile(&[office]);
}
