function ConvertFrom-ExRunToken {
    <#
    .SYNOPSIS
        Shows what is in a JSON Web Token: headers, claims and signature.
    .DESCRIPTION
        Padding, further parts, a missing signature, the header's line that holds it, quotes and line breaks are accepted. Nothing is verified:
        what a token says is only as good as where it comes from.
    .PARAMETER Token
        The token as a string or SecureString, or a token object.
    .EXAMPLE
        (ConvertFrom-ExRunToken $Token).claims.roles

        Shows the permissions in a token.
    .EXAMPLE
        (Get-EXRAppOnlyToken).access_token | ConvertFrom-ExRunToken | Select-Object -ExpandProperty headers

        Shows how the token of a connection is signed.
    .OUTPUTS
        An object with headers, claims and signature (bytes).
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Position = 1, Mandatory = $true, ValueFromPipeline = $true)] [psobject] $Token)

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
            Read-Token -Token $Token
        }
    }
}
