export * from "@castore-dynamodb/table";
