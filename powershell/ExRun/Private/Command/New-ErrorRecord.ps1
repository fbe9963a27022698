# Categories by the name of an error; what is not here is NotSpecified.
$script:ErrorCategories = @{
    # written: categories, by cargo xtask header
    NullPointer            = 'InvalidArgument'
    InvalidLength          = 'InvalidArgument'
    InvalidUtf8            = 'InvalidArgument'
    InvalidJson            = 'InvalidArgument'
    InvalidArgument        = 'InvalidArgument'
    InvalidHandle          = 'InvalidOperation'
    NotReady               = 'InvalidOperation'
    AlreadyTaken           = 'InvalidOperation'
    InputFinished          = 'InvalidOperation'
    Forked                 = 'InvalidOperation'
    TokenRefused           = 'AuthenticationError'
    CredentialMissing      = 'AuthenticationError'
    TenantNotFound         = 'ObjectNotFound'
    TokenInvalid           = 'InvalidArgument'
    SignatureUnanswered    = 'AuthenticationError'
    TokenExpired           = 'AuthenticationError'
    TokenCacheUnavailable  = 'ResourceUnavailable'
    TenantMismatch         = 'SecurityError'
    CertificateUnreadable  = 'InvalidData'
    CertificatePassword    = 'AuthenticationError'
    CertificateNoKey       = 'InvalidData'
    CertificateExpired     = 'SecurityError'
    CertificateNotYetValid = 'SecurityError'
    KeyUnsupported         = 'SecurityError'
    KeyUnusable            = 'SecurityError'
    KdfTooExpensive        = 'LimitsExceeded'
    VaultChallengeRefused  = 'SecurityError'
    VaultItemDeleted       = 'ObjectNotFound'
    VaultItemDisabled      = 'PermissionDenied'
    VaultItemExpired       = 'SecurityError'
    VaultItemNotYetValid   = 'SecurityError'
    VaultKeyNotExportable  = 'PermissionDenied'
    Service                = 'InvalidResult'
    NotFound               = 'ObjectNotFound'
    AccessDenied           = 'PermissionDenied'
    Unauthorized           = 'AuthenticationError'
    Throttled              = 'LimitsExceeded'
    ResponseInvalid        = 'ProtocolError'
    MailboxNotEnabled      = 'ObjectNotFound'
    OutcomeUnknown         = 'InvalidResult'
    TooManyErrors          = 'LimitsExceeded'
    Connection             = 'ConnectionError'
    Timeout                = 'OperationTimeout'
    Tls                    = 'ConnectionError'
    Proxy                  = 'ConnectionError'
    File                   = 'ResourceUnavailable'
    FileExists             = 'ResourceExists'
    JournalMismatch        = 'InvalidArgument'
    JournalInUse           = 'ResourceBusy'
    Journal                = 'ResourceUnavailable'
    Cancelled              = 'OperationStopped'
    # end: categories
    # Of the module itself.
    ConnectionMissing      = 'ObjectNotFound'
    ConnectionChanged      = 'InvalidOperation'
    CertificateMissing     = 'ObjectNotFound'
    LibraryMissing         = 'NotInstalled'
    LibraryUnusable        = 'ResourceUnavailable'
    LibraryVersion         = 'ResourceUnavailable'
}

function New-ErrorRecord {
    <#
    .SYNOPSIS
        The error record for a failure: Record of an attempt, an exception, or an error object of the native library.
    .DESCRIPTION
        The id is ExRun.<Name> and stays the same from release to release. Failures that are not ExRun's own keep
        their record.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.ErrorRecord])]
    param(
        [Parameter(Mandatory = $true)] [object] $Failure,
        # What the failure is about; by default the target that the failure names.
        [object] $Target,
        # The command that reports it.
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $exception = $Failure
    if ($Failure -is [System.Management.Automation.ErrorRecord]) {
        $exception = $Failure.Exception
    } elseif ($Failure -isnot [System.Exception]) {
        $exception = New-ExRunException -NativeError $Failure
    }
    $name = [string] $exception.Data['name']
    if (-not $name) {
        if ($Failure -is [System.Management.Automation.ErrorRecord]) { return $Failure }
        return [System.Management.Automation.ErrorRecord]::new($exception, $exception.GetType().Name, 'NotSpecified', $Target)
    }

    $category = $script:ErrorCategories[$name]
    if ($null -eq $category) { $category = 'NotSpecified' }
    if ($null -eq $Target -or '' -eq $Target) { $Target = $exception.Data['target'] }
    return [System.Management.Automation.ErrorRecord]::new($exception, "ExRun.$name", $category, $Target)
}
