function Resolve-VaultCloud {
    <#
    .SYNOPSIS
        The cloud that a vault's host belongs to, for a session that no connection says it for; null where the host does
        not tell, so that the library's default counts.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        # Vaults or objects in them, by URL or name; the first that tells counts.
        [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()] [string[]] $Vault
    )

    foreach ($given in $Vault) {
        $name = (Get-PastedText -Text $given) -replace '^https://', '' -replace '[/:?#].*$', ''
        switch -Regex ($name) {
            '\.vault\.azure\.net$' { return 'public' }
            '\.vault\.usgovcloudapi\.net$' { return 'usGov' }
            '\.vault\.azure\.cn$' { return 'china' }
        }
    }
    return $null
}
