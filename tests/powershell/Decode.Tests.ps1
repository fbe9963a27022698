BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    # {"alg":"none","typ":"JWT"} . {"sub":"j\u00fcrgen","roles":["A.Read"],"n":7,"day":"2026-11-24T10:00:00Z"} . bytes 251 255 254
    $encode = { param($Text) [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($Text)).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
    $headers = & $encode '{"alg":"none","typ":"JWT"}'
    $subject = "j$([char] 0xfc)rgen"
    $claims = & $encode ('{"sub":"' + $subject + '","roles":["A.Read"],"n":7,"day":"2026-11-24T10:00:00Z"}')
    $token = "$headers.$claims.-__-"
}

Describe '<_>' -ForEach 'Decode-Token', 'Invoke-DecodeToken', 'Invoke-EXRDecodeToken', 'ConvertFrom-ExRunToken' {
    It 'returns headers, claims and the signature''s bytes' {
        $decoded = & $_ -Token $token
        $decoded.PSObject.Properties.Name | Should -Be @('headers', 'claims', 'signature')
        $decoded.headers.alg | Should -Be 'none'
        $decoded.claims.sub | Should -Be $subject
        $decoded.claims.roles | Should -Be @('A.Read')
        $decoded.claims.n | Should -Be 7
        $decoded.claims.day | Should -BeExactly '2026-11-24T10:00:00Z'
        , $decoded.signature | Should -BeOfType [byte[]]
        $decoded.signature | Should -Be @(251, 255, 254)
    }

    It 'reads a token whose signature is no base64' {
        $decoded = & $_ -Token "$headers.$claims.x.y"
        $decoded.claims.sub | Should -Be "j$([char] 0xfc)rgen"
        $decoded.signature.Count | Should -Be 0
    }

    It 'takes <Form>' -ForEach @(
        @{ Form = 'a leading Bearer'; Make = { param($t) "Bearer $t" } }
        @{ Form = 'blanks around it'; Make = { param($t) "`r`n  $t `t" } }
        @{ Form = 'a SecureString'; Make = { param($t) ConvertTo-Secret $t } }
        @{ Form = 'a token object'; Make = { param($t) [pscustomobject] @{ access_token = $t } } }
        @{ Form = 'a token object of the second era'; Make = { param($t) [pscustomobject] @{ access_token = ConvertTo-Secret $t } } }
        @{ Form = 'a hashtable'; Make = { param($t) @{ access_token = $t } } }
        @{ Form = 'a result of another library'; Make = { param($t) [pscustomobject] @{ AccessToken = $t } } }
        @{ Form = 'further parts'; Make = { param($t) "$t.x.y" } }
        @{ Form = 'no signature'; Make = { param($t) ($t -split '\.')[0, 1] -join '.' } }
        @{ Form = 'padded parts'; Make = { param($t) ($t -split '\.' | ForEach-Object { $_.PadRight($_.Length + (4 - $_.Length % 4) % 4, '=') }) -join '.' } }
    ) {
        (ConvertFrom-ExRunToken (& $Make $token)).claims.sub | Should -Be $subject
    }
}

Describe 'What is no token' {
    It 'is an error that names no part of it' {
        foreach ($text in 'nonsense', 'a.b', '', "eyJ!.$claims.x") {
            ConvertFrom-ExRunToken $text -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
            $failure.Count | Should -Be 1 -Because $text
            $failure[0].FullyQualifiedErrorId | Should -BeLike 'ExRun.TokenInvalid*'
        }
    }
}

Describe 'Parse-JWTtoken' {
    It 'returns the claims alone' {
        $result = Parse-JWTtoken -token $token
        $result.sub | Should -Be $subject
        ($token | Parse-JWTtoken).n | Should -Be 7
    }
}
